"""Guard models as judges: classifiers of harm, each asked in the form that it was trained on."""

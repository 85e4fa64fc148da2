"""What a run means: explained, mapped to frameworks, handed on."""

"""Places: which one does a reply name, and where is it?"""

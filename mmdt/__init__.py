"""mmdt: how far can a multimodal foundation model be trusted?"""

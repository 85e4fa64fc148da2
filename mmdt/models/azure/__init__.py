"""OpenAI's models deployed on Azure."""

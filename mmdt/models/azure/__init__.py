"""OpenAI models deployed on Azure."""

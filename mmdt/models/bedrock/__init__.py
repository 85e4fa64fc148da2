"""Models of many providers on Amazon Bedrock."""

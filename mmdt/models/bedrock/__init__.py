"""Models from many providers on Amazon Bedrock."""

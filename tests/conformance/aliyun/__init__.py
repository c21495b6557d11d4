"""Cases about Aliyun's servers, held against our own fake."""

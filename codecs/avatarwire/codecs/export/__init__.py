"""What others read the declarations as: JSON Schema."""

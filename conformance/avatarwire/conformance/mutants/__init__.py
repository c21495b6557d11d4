"""The suite itself judged: fakes and clients broken in one known way each, and which cases find that."""

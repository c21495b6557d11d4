"""``python -m avatarwire``: the command, for an environment whose programs are not on the path.

The namespace has no ``__init__.py``, and needs none for this. Only the call of the command may live here.
"""

from avatarwire.codecs.cli import main

if __name__ == "__main__":
    main()

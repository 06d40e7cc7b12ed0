"""``python -m gazetteer.cli`` runs the command as ``python -m gazetteer`` does."""

from gazetteer.__main__ import main

if __name__ == "__main__":
    main()

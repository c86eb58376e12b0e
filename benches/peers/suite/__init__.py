"""How the pairs are run, compared and told. The jobs of the peers lie beside this folder, ours in `ours/`."""

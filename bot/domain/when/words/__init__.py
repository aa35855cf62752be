"""Word tables: one TOML file a language, plus `common.toml` for what every language shares."""

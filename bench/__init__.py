"""What Comity costs, as ratios measured side by side in one run (docs/bench.md). Run with: python -m bench."""

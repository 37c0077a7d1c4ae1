"""Stand-ins for channels: stateful, over HTTP, with a ledger of effects and faults on demand."""

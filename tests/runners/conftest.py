import sys
from pathlib import Path

# Worker processes get sys.path from here, and so can import tiny_science.
sys.path.insert(0, str(Path(__file__).parent))

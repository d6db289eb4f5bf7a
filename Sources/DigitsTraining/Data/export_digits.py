"""Writes DigitImages.swift, the handwritten digits as Swift source, from scikit-learn's copy.

    pip install scikit-learn
    python Sources/DigitsTraining/Data/export_digits.py

One line an image: the digit, then its 64 pixels row by row, each as a base-17 digit, 0 to g.
"""

import hashlib
from pathlib import Path

from sklearn.datasets import load_digits

HEADER = '''// swift-format-ignore-file
// Written by export_digits.py, beside this file; do not edit.
//
// Optical Recognition of Handwritten Digits, the 1,797 images of its test set.
// Source: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998,
// https://doi.org/10.24432/C50P49. Licence: Creative Commons Attribution 4.0 International
// (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/. Changed in form only:
//
// One line an image: the digit, then its 64 pixels row by row, each as a base-17 digit, 0 to g.
// SHA-256 of the lines, each with its line end:
// {checksum}

/// The text the handwritten digits are read from.
enum DigitImages {{
    static let count = {count}

    static let text: StaticString = """
'''


def main():
    digits = load_digits()
    lines = []
    for label, pixels in zip(digits.target, digits.data.astype(int), strict=True):
        lines.append(str(label) + "".join("0123456789abcdefg"[pixel] for pixel in pixels))
    text = "".join(line + "\n" for line in lines)
    checksum = hashlib.sha256(text.encode()).hexdigest()
    with open(Path(__file__).parent / "DigitImages.swift", "w", newline="\n") as file:
        file.write(HEADER.format(checksum=checksum, count=len(lines)))
        file.writelines(f"        {line}\n" for line in lines)
        file.write('\n        """\n}\n')


if __name__ == "__main__":
    main()

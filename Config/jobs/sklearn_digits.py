"""Trains gradient boosting on scikit-learn's handwritten digits, a few trees a step.

A training program as any other: hyperparameters come as options, the metric goes to standard
output, and the model to the folder in SM_MODEL_DIR.
"""

import argparse
import os
import pickle

from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split

TREES_PER_STEP = 4


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learning_rate", type=float, default=0.1)
    parser.add_argument("--subsample", type=float, default=0.5)
    parser.add_argument("--max_depth", type=int, default=3)
    parser.add_argument("--max_features", choices=["sqrt", "log2"], default="sqrt")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    pixels, labels = load_digits(return_X_y=True)
    train_pixels, validation_pixels, train_labels, validation_labels = train_test_split(
        pixels, labels, test_size=0.2, stratify=labels, random_state=0
    )
    model = GradientBoostingClassifier(
        learning_rate=arguments.learning_rate,
        subsample=arguments.subsample,
        max_depth=arguments.max_depth,
        max_features=arguments.max_features,
        random_state=arguments.seed,
        warm_start=True,
    )
    for step in range(1, arguments.steps + 1):
        model.set_params(n_estimators=step * TREES_PER_STEP)
        model.fit(train_pixels, train_labels)
        accuracy = model.score(validation_pixels, validation_labels)
        print(f"step={step} validation:accuracy={accuracy:.4f}", flush=True)
    if "SM_MODEL_DIR" in os.environ:
        with open(os.path.join(os.environ["SM_MODEL_DIR"], "model.pickle"), "wb") as file:
            pickle.dump(model, file)


if __name__ == "__main__":
    main()

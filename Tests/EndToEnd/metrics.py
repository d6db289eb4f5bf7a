"""What `GET /metrics` says, read by the official Python client."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def scrape_text(endpoint, headers=None):
    """The text of a scrape."""
    request = urllib.request.Request(endpoint + "/metrics", headers=headers or {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Content-Type"] == CONTENT_TYPE
        return answer.read().decode()


class Scrape:
    """The families and samples of one scrape."""

    def __init__(self, endpoint, headers=None):
        self.families = {}
        self.samples = {}
        for family in text_string_to_metric_families(scrape_text(endpoint, headers)):
            assert family.name not in self.families, f"{family.name} is there twice"
            self.families[family.name] = family
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.samples, f"{key} is there twice"
                self.samples[key] = sample.value

    def __call__(self, name, **labels):
        """The value of a sample; None where there is none."""
        return self.samples.get((name, frozenset(labels.items())))

    def sum(self, name, **labels):
        """The sum of all samples of a name that have some labels."""
        wanted = set(labels.items())
        return sum(
            value for (other, had), value in self.samples.items() if other == name and wanted <= had
        )

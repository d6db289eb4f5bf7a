// Made by Tests/EndToEnd/export_endpoints.py with botocore 1.43.11.

extension BotocoreEndpointTests {
    static let rows = [
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "eu-west-1"
            ],
            config: """
                [default]
                region = ap-southeast-2
                [profile p]
                region = eu-west-1
                endpoint_url = http://p.example:2
                [services one]
                [services two]
                sagemaker =
                  endpoint_url = http://two.sagemaker
                s3 =
                  endpoint_url = http://two.s3
                """,
            endpoints: [
                "https://api.sagemaker.eu-west-1.amazonaws.com",
                "https://s3.eu-west-1.amazonaws.com",
                "https://sts.eu-west-1.amazonaws.com",
            ]),
        Row(
            environment: [
                "AWS_ENDPOINT_URL_STS": "https://sts.example/path"
            ],
            config: """
                [default]
                region = cn-north-1
                endpoint_url = http://default.example:2
                services = nowhere
                [profile p]
                region = cn-north-1
                endpoint_url = http://p.example:2
                [services one]
                s3 =
                  endpoint_url = http://one.s3
                [services two]
                s3 =
                  endpoint_url = http://two.s3
                """,
            endpoints: [
                nil,
                nil,
                "https://sts.example/path",
            ]),
        Row(
            environment: [:],
            config: """
                [default]
                region = ap-southeast-2
                [profile p]
                region = us-gov-west-1
                [services one]
                [services two]
                sagemaker =
                  endpoint_url = http://two.sagemaker
                """,
            endpoints: [
                "https://api.sagemaker.ap-southeast-2.amazonaws.com",
                "https://s3.ap-southeast-2.amazonaws.com",
                "https://sts.ap-southeast-2.amazonaws.com",
            ]),
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "ap-southeast-2"
            ],
            config: """
                [default]
                region = cn-north-1
                [profile p]
                region = ap-southeast-2
                services = two
                ignore_configured_endpoint_urls = true
                [services one]
                [services two]
                """,
            endpoints: [
                "https://api.sagemaker.ap-southeast-2.amazonaws.com",
                "https://s3.ap-southeast-2.amazonaws.com",
                "https://sts.ap-southeast-2.amazonaws.com",
            ]),
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "ap-southeast-2",
                "AWS_PROFILE": "p",
            ],
            config: """
                [default]
                region = cn-north-1
                ignore_configured_endpoint_urls = false
                [profile p]
                region = ap-southeast-2
                services = two
                [services one]
                s3 =
                  endpoint_url = http://one.s3
                sts =
                  endpoint_url = http://one.sts
                [services two]
                s3 =
                  endpoint_url = http://two.s3
                """,
            endpoints: [
                "https://api.sagemaker.ap-southeast-2.amazonaws.com",
                "http://two.s3",
                "https://sts.ap-southeast-2.amazonaws.com",
            ]),
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "ap-southeast-2",
                "AWS_ENDPOINT_URL_SAGEMAKER": "https://sagemaker.example/path",
            ],
            config: """
                [default]
                region = us-gov-west-1
                endpoint_url = http://default.example:2
                [profile p]
                region = cn-north-1
                [services one]
                sagemaker =
                  endpoint_url = http://one.sagemaker
                [services two]
                """,
            endpoints: [
                "https://sagemaker.example/path",
                "http://default.example:2",
                "http://default.example:2",
            ]),
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "us-gov-west-1",
                "AWS_ENDPOINT_URL_SAGEMAKER": "https://sagemaker.example/path",
            ],
            config: """
                [default]
                region = us-gov-west-1
                [profile p]
                region = cn-north-1
                services = one
                [services one]
                sagemaker =
                  endpoint_url = http://one.sagemaker
                s3 =
                  endpoint_url = http://one.s3
                sts =
                  endpoint_url = http://one.sts
                [services two]
                s3 =
                  endpoint_url = http://two.s3
                sts =
                  endpoint_url = http://two.sts
                """,
            endpoints: [
                "https://sagemaker.example/path",
                "https://s3.us-gov-west-1.amazonaws.com",
                "https://sts.us-gov-west-1.amazonaws.com",
            ]),
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": "http://all.example:1",
            ],
            config: """
                [default]
                region = ap-southeast-2
                [profile p]
                region = us-gov-west-1
                services = nowhere
                [services one]
                sts =
                  endpoint_url = http://one.sts
                [services two]
                s3 =
                  endpoint_url = http://two.s3
                """,
            endpoints: [
                "http://all.example:1",
                "http://all.example:1",
                "http://all.example:1",
            ]),
        Row(
            environment: [
                "AWS_ENDPOINT_URL": "http://all.example:1",
                "AWS_PROFILE": "p",
            ],
            config: """
                [default]
                region = us-gov-west-1
                [profile p]
                region = us-gov-west-1
                services = two
                [services one]
                s3 =
                  endpoint_url = http://one.s3
                sts =
                  endpoint_url = http://one.sts
                [services two]
                sagemaker =
                  endpoint_url = http://two.sagemaker
                s3 =
                  endpoint_url = http://two.s3
                """,
            endpoints: [
                "http://all.example:1",
                "http://all.example:1",
                "http://all.example:1",
            ]),
        Row(
            environment: [
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"
            ],
            config: """
                [default]
                region = eu-west-1
                services = one
                [profile p]
                region = cn-north-1
                [services one]
                sts =
                  endpoint_url = http://one.sts
                [services two]
                sagemaker =
                  endpoint_url = http://two.sagemaker
                """,
            endpoints: [
                "https://api.sagemaker.eu-west-1.amazonaws.com",
                "https://s3.eu-west-1.amazonaws.com",
                "http://one.sts",
            ]),
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "eu-west-1"
            ],
            config: """
                [default]
                region = us-gov-west-1
                endpoint_url = http://default.example:2
                services = two
                [profile p]
                region = eu-west-1
                [services one]
                sts =
                  endpoint_url = http://one.sts
                [services two]
                s3 =
                  endpoint_url = http://two.s3
                sts =
                  endpoint_url = http://two.sts
                """,
            endpoints: [
                "http://default.example:2",
                "http://two.s3",
                "http://two.sts",
            ]),
        Row(
            environment: [
                "AWS_DEFAULT_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": "http://all.example:1",
                "AWS_PROFILE": "p",
            ],
            config: """
                [default]
                region = us-gov-west-1
                endpoint_url = http://default.example:2
                services = nowhere
                [profile p]
                region = cn-north-1
                services = nowhere
                [services one]
                sts =
                  endpoint_url = http://one.sts
                [services two]
                sagemaker =
                  endpoint_url = http://two.sagemaker
                """,
            endpoints: [
                "http://all.example:1",
                "http://all.example:1",
                "http://all.example:1",
            ]),
        Row(
            environment: [:],
            config: """
                [default]
                region = cn-north-1
                endpoint_url = http://default.example:2
                [profile p]
                region = cn-north-1
                services = one
                [services one]
                sts =
                  endpoint_url = http://one.sts
                [services two]
                s3 =
                  endpoint_url = http://two.s3
                sts =
                  endpoint_url = http://two.sts
                """,
            endpoints: [
                "http://default.example:2",
                "http://default.example:2",
                "http://default.example:2",
            ]),
        Row(
            environment: [
                "AWS_ENDPOINT_URL": "http://all.example:1",
                "AWS_ENDPOINT_URL_SAGEMAKER": "https://sagemaker.example/path",
                "AWS_ENDPOINT_URL_S3": "https://s3.example/path",
            ],
            config: """
                [default]
                region = cn-north-1
                endpoint_url = http://default.example:2
                [profile p]
                region = ap-southeast-2
                [services one]
                s3 =
                  endpoint_url = http://one.s3
                sts =
                  endpoint_url = http://one.sts
                [services two]
                """,
            endpoints: [
                "https://sagemaker.example/path",
                "https://s3.example/path",
                "http://all.example:1",
            ]),
        Row(
            environment: [
                "AWS_ENDPOINT_URL_S3": "https://s3.example/path"
            ],
            config: """
                [default]
                region = us-gov-west-1
                [profile p]
                region = eu-west-1
                [services one]
                sagemaker =
                  endpoint_url = http://one.sagemaker
                [services two]
                sagemaker =
                  endpoint_url = http://two.sagemaker
                sts =
                  endpoint_url = http://two.sts
                """,
            endpoints: [
                "https://api.sagemaker.us-gov-west-1.amazonaws.com",
                "https://s3.example/path",
                "https://sts.us-gov-west-1.amazonaws.com",
            ]),
        Row(
            environment: [:],
            config: """
                [default]
                region = ap-southeast-2
                services = one
                [profile p]
                region = cn-north-1
                services = two
                [services one]
                [services two]
                s3 =
                  endpoint_url = http://two.s3
                sts =
                  endpoint_url = http://two.sts
                """,
            endpoints: [
                nil,
                nil,
                nil,
            ]),
    ]
}

// Made by Tests/EndToEnd/export_signatures.py with botocore 1.43.11.

extension BotocoreSignatureTests {
    static let rows = [
        Row(
            region: "us-east-1", time: "20260101T000000Z",
            headers: [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Target", "SageMaker.ListTrainingJobs"),
                ("Host", "127.0.0.1:8080"),
            ],
            body: "{}",
            token: nil,
            signature: "47162cdd9533e4bd66f96304c3e84850b0e575846711d0f996dd4473346ad67f"),
        Row(
            region: "eu-west-3", time: "20240229T235959Z",
            headers: [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Target", "SageMaker.DescribeTrainingJob"),
                ("Host", "[::1]:9"),
            ],
            body: "{\"TrainingJobName\":\"a\"}",
            token: nil,
            signature: "7914c62783a1b824013bb452fe1a8b567759dc707585bfcb28f42c524debddf5"),
        Row(
            region: "ap-southeast-2", time: "20300615T120000Z",
            headers: [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Target", "SageMaker.CreateTrainingJob"),
                ("Host", "tuner.example"),
                (
                    "X-Amz-Content-SHA256",
                    "ea4c98446a244b4f79d97bbe8cd000167c6c2a62cc327f87ac8184606af66c06"
                ),
                ("X-Note", "  two   spaces  "),
            ],
            body: "{\"é\":\"ü\\u0000 €\"}",
            token: nil,
            signature: "e428680ac3bf5dad03614a64a7abc6c23baf6edce3fa609b5719a759eb792f3e"),
        Row(
            region: "us-gov-west-1", time: "20991231T010203Z",
            headers: [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Target", "SageMaker.StopTrainingJob"),
                ("Host", "localhost:65535"),
            ],
            body: String(repeating: "x", count: 5_000),
            token: "token/with+signs==",
            signature: "a6cceb656e42273b2c2b48f9c024094c252a3e0d49e06c3aa6b5cfb2fca624d0"),
        Row(
            region: "us-east-1", time: "19991231T235959Z",
            headers: [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Target", "SageMaker.Search"),
                ("Host", "sagemaker.example:443"),
            ],
            body: "",
            token: nil,
            signature: "85a6aaa0854169c9e555ae8dbf5ff5989a8b88ba76053610e6c2eabb5ed21938"),
    ]
}

// Made by Tests/EndToEnd/export_storage_signatures.py with botocore 1.43.11.

extension StorageSignatureTests {
    static let rows = [
        Row(
            method: "GET",
            address: "https://bucket.s3.eu-west-1.amazonaws.com/key",
            region: "eu-west-1", time: "20260101T000000Z",
            headers: [:],
            body: "",
            token: nil,
            signature: "1915b2bb03362528e8e90f64ba8e116b9ffa603f198cd87597c379f22b8cd710"),
        Row(
            method: "GET",
            address: "http://127.0.0.1:5000/bucket/a%20b/%C3%BC%2Bc%26d",
            region: "us-east-1", time: "20260101T000000Z",
            headers: [:],
            body: "",
            token: nil,
            signature: "5d615c3c7a40478ff68d09e4704d0c89dcc6a630f05f91654220c2b3f646bd64"),
        Row(
            method: "GET",
            address: "http://127.0.0.1:5000/bucket/a%2Fb%253D",
            region: "us-east-1", time: "20260101T000000Z",
            headers: ["range": "bytes=0-99"],
            body: "",
            token: nil,
            signature: "1762cd268235416eab22da8372695dcb09984ac5b24c9bb9b55bc520e118b090"),
        Row(
            method: "PUT",
            address: "http://127.0.0.1:5000/bucket//a/./b/../c/",
            region: "us-east-1", time: "20260101T000000Z",
            headers: ["content-type": "text/plain", "x-amz-meta-note": "a  b"],
            body: "body é",
            token: nil,
            signature: "5151d776b75444d3007f8374d1c43b05b2611f118c98a1b2e6b3d380e800dc05"),
        Row(
            method: "PUT",
            address: "http://[::1]:9000/bucket/key?partNumber=2&uploadId=a%2Fb%3D",
            region: "cn-north-1", time: "20991231T010203Z",
            headers: [:],
            body: String(repeating: "x", count: 5_000),
            token: "token/with+signs==",
            signature: "2c9050697aae74a8e4a110769114333d8148c04e28dd3aef01d61a2135d30d82"),
        Row(
            method: "POST",
            address: "http://[::1]:9000/bucket/key?uploads",
            region: "us-gov-west-1", time: "19991231T235959Z",
            headers: [:],
            body: "",
            token: nil,
            signature: "d887dd892cb3c50399cf0ad586e2ef2fa70a615a2981917e4e4ed3a56bbebd0a"),
        Row(
            method: "GET",
            address: "https://s3.us-east-1.amazonaws.com/bucket?list-type=2&prefix=a%2Fb%20c"
                + "&delimiter=%2F&continuation-token=1%2B%2F%3D%3D&start-after=",
            region: "us-east-1", time: "20240229T235959Z",
            headers: [:],
            body: "",
            token: "t",
            signature: "82f8c57f5bfed047a724a9d68a929e79c7e999b8563a2b7d896db0aec98085f7"),
        Row(
            method: "HEAD",
            address: "https://s3.us-east-1.amazonaws.com:443/bucket/",
            region: "us-east-1", time: "20240229T235959Z",
            headers: [:],
            body: "",
            token: nil,
            signature: "33f6d7084e5966f06b21c3fd7c051868402c24220dedbbcd08d7443392c168be"),
        Row(
            method: "DELETE",
            address: "http://localhost/bucket/~a-._!*'()@$,;:=",
            region: "us-east-1", time: "20240229T235959Z",
            headers: [:],
            body: "",
            token: nil,
            signature: "ac8b46ec64c56f8dc6d3bd4aaba54b1dafdd8fa43181708403303748cdc82260"),
    ]
}

//! Wrong words to `probe` are told before anything is sent: what, and what to write instead.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;
use std::process::Command;

const WRONG: &[(&[&str], &str)] = &[
    (&[], "required arguments"),
    (
        &["foo"],
        "`foo` is no name with a dot, no address and no AWS service",
    ),
    (&["s3"], "--region us-east-1"),
    (&["s3://receipts"], "--region us-east-1"),
    (&["10.0.0.0/8"], "names a range or a path"),
    (&["10.0.0.0/8", "ftp://a.b"], "`ftp://` cannot be probed"),
    (&["tcp://a.b"], "write `tcp://a.b:443`"),
    (&["icmp://a.b:7"], "ICMP has no ports"),
    (&["a.b", "--timeout", "0"], "write a time such as"),
    (&["a.b", "--rate", "0"], "1..=10000"),
    (&["a.b", "--tries", "99"], "1..=10"),
    (
        &["a.b", "--resolver", "8.8"],
        "write `system`, or an address",
    ),
    (&["a.b", "--max-hops", "3"], "--traceroute"),
    (&["a.b", "--as", "consumer/app"], "--scenario"),
    (&["a.b", "--ip-ranges", "README.md"], "ip-ranges.json"),
    (&["a.b", "--ca", "README.md"], "holds no certificate"),
    (&["a.b", "--observed", "README.md"], "`probe --format json`"),
    (&["--serve", "127.0.0.1"], "write an address with a port"),
    (&["--serve", "127.0.0.1:1", "a.b"], "cannot be used with"),
    (&["--scenario", "scenarios/probe.yaml"], "--as vpc/name"),
    (
        &["--scenario", "scenarios/probe.yaml", "--as", "consumer/ap"],
        "did you mean `consumer/app`",
    ),
    (
        &["--scenario", "scenarios/probe.yaml", "--as", "provider/web"],
        "expects nothing of `provider/web`",
    ),
    (
        &[
            "--scenario",
            "scenarios/probe.yaml",
            "--as",
            "consumer/app",
            "internet",
        ],
        "no one host",
    ),
    (
        &[
            "--scenario",
            "scenarios/probe.yaml",
            "--as",
            "consumer/app",
            "tcp://internet:443",
        ],
        "no one host",
    ),
    (
        &[
            "--scenario",
            "scenarios/probe.yaml",
            "--as",
            "consumer/app",
            "consumer/apq",
        ],
        "consumer/apq",
    ),
    (
        &[
            "--scenario",
            "scenarios/probe.yaml",
            "--case",
            "nothing",
            "--as",
            "consumer/app",
        ],
        "no case named",
    ),
];

#[test]
fn wrong_words_are_told_before_anything_is_sent() {
    for (words, says) in WRONG {
        let output = Command::new(env!("CARGO_BIN_EXE_reachability"))
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
            .env_remove("AWS_REGION")
            .arg("probe")
            .args(*words)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {told}");
        // Long lines are wrapped.
        let whole: Vec<&str> = told.split_whitespace().collect();
        assert!(whole.join(" ").contains(says), "{words:?}: {told}");
        assert!(output.stdout.is_empty(), "{words:?}");
    }
}

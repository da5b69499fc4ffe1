//! Whom this machine trusts, and what is wrong with a certificate.

use super::certificate::Certificate;
use crate::probe::Fault;
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// The roots that this machine's programs trust, and those the user named.
pub(super) struct Trust {
    roots: RootCertStore,
}

impl Trust {
    /// Reads the roots. That the system has none, or some that cannot be read, is said to `remark`.
    ///
    /// # Errors
    /// A file of the user's cannot be read.
    pub(super) fn load(ca: &[PathBuf], remark: &mut dyn FnMut(&str)) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            remark(&format!("roots that this machine trusts: {error}"));
        }
        if system.certs.is_empty() {
            remark("this machine has no list of the roots that its programs trust");
        }
        roots.add_parsable_certificates(system.certs);
        for path in ca {
            let name = path.display();
            let read = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|e| format!("{name}: cannot be read as certificates in PEM: {e}"))?;
            if read.is_empty() {
                return Err(format!(
                    "{name}: holds no certificate: one begins with `-----BEGIN CERTIFICATE-----`"
                ));
            }
            for certificate in read {
                roots
                    .add(certificate)
                    .map_err(|e| format!("{name}: no root can be made of it: {e}"))?;
            }
        }
        Ok(Self { roots })
    }

    /// Everything that is wrong with a chain, whose first certificate is the server's.
    pub(super) fn faults(
        &self,
        chain: &[CertificateDer<'_>],
        read: &Certificate,
        name: &ServerName<'_>,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Vec<Fault> {
        let Some((own, above)) = chain.split_first() else {
            return vec![Fault::NotTrusted("there is none".to_owned())];
        };
        let mut out = Vec::new();
        let parsed = match ParsedCertificate::try_from(own) {
            Ok(parsed) => parsed,
            Err(why) => return vec![Fault::NotTrusted(why.to_string())],
        };
        if verify_server_name(&parsed, name).is_err() {
            out.push(Fault::OtherName);
        }
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if seconds > read.not_after {
            out.push(Fault::Expired);
        }
        if seconds < read.not_before {
            out.push(Fault::NotYetValid);
        }
        if self.roots.is_empty() {
            out.push(Fault::NoRoots);
            return out;
        }
        // Judged at a time at which the certificate holds: whether it holds now was said above.
        let at = seconds.min(read.not_after).max(read.not_before);
        let at = Duration::from_secs(u64::try_from(at).unwrap_or_default());
        let trusted = verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &self.roots,
            above,
            UnixTime::since_unix_epoch(at),
            algorithms.all,
        );
        if let Err(why) = trusted {
            out.push(Fault::NotTrusted(words(&why, read, above.is_empty())));
        }
        out
    }
}

fn words(why: &Error, read: &Certificate, alone: bool) -> String {
    match why {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) if read.self_issued => {
            "it is signed by itself".to_owned()
        }
        Error::InvalidCertificate(CertificateError::UnknownIssuer) if alone => format!(
            "this machine does not know who issued it, {}, and the far side sent no other certificate",
            read.issuer
        ),
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => format!(
            "this machine does not know those who issued it, {} first",
            read.issuer
        ),
        Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => "the time of a certificate above it is over, or has not come".to_owned(),
        other => other.to_string(),
    }
}

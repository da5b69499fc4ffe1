//! Certificates right and wrong.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An authority, which those trust who read its file.
pub struct Ca {
    pub file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Ca {
    pub fn new(folder: &Path) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "The tests' own");
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap();
        let file = folder.join("ca.pem");
        std::fs::write(&file, own.pem()).unwrap();
        let issuer = Issuer::new(params, key);
        Self { file, issuer }
    }

    /// A server of these names, whose certificate holds.
    pub fn server(&self, names: &[&str]) -> Arc<ServerConfig> {
        self.in_years(names, 2020, 2100)
    }

    /// A server whose certificate holds in these years.
    pub fn in_years(&self, names: &[&str], from: i32, to: i32) -> Arc<ServerConfig> {
        let params = params(names, from, to);
        let key = KeyPair::generate().unwrap();
        let own = params.signed_by(&key, &self.issuer).unwrap();
        config(&own, &key)
    }
}

/// A server that asks for a certificate of the client's, and speaks TLS 1.2.
pub fn mutual(ca: &Ca, names: &[&str]) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let own = params(names, 2020, 2100)
        .signed_by(&key, &ca.issuer)
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    let root = CertificateDer::from_pem_file(&ca.file).unwrap();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_client_cert_verifier(clients.build().unwrap())
        .with_single_cert(vec![own.der().clone()], key);
    Arc::new(config.unwrap())
}

/// A server whose certificate nobody else signed.
pub fn self_signed(names: &[&str]) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let own = params(names, 2020, 2100).self_signed(&key).unwrap();
    config(&own, &key)
}

fn params(names: &[&str], from: i32, to: i32) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}

fn config(own: &rcgen::Certificate, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], key);
    Arc::new(config.unwrap())
}

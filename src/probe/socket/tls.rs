//! A TLS handshake, which goes on whatever the certificate is, and what is wrong with it then.

use super::ask::micros;
use super::certificate::Certificate;
use super::reason;
use super::trust::Trust;
use crate::probe::{Handshake, Host, Target, Tls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, IpAddr as NameAddress, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, InvalidMessage, SignatureScheme};
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Shakes hands with a target at one of its addresses.
pub(super) async fn handshake(
    trust: &Trust,
    target: &Target,
    address: IpAddr,
    stream: TcpStream,
    limit: Duration,
) -> (Tls, Option<TlsStream<TcpStream>>) {
    let mut tls = Tls {
        name: None,
        handshake: Handshake::TimedOut,
        version: None,
        names: Vec::new(),
        issuer: None,
        until: None,
        faults: Vec::new(),
        took: 0,
    };
    let name = match server_name(target, address) {
        Ok(name) => name,
        Err(why) => {
            tls.handshake = Handshake::Failed(why);
            return (tls, None);
        }
    };
    if let ServerName::DnsName(name) = &name {
        tls.name = Some(name.as_ref().to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let recorder = Arc::new(Recorder {
        algorithms: provider.signature_verification_algorithms,
        chain: Mutex::default(),
    });
    let config = match config(&provider, &recorder) {
        Ok(config) => config,
        Err(why) => {
            tls.handshake = Handshake::Failed(why.to_string());
            return (tls, None);
        }
    };
    let begun = Instant::now();
    let work = TlsConnector::from(Arc::new(config)).connect(name.clone(), stream);
    let came = timeout(limit, work).await;
    tls.took = micros(begun);
    let chain = std::mem::take(&mut *recorder.chain.lock().unwrap_or_else(|e| e.into_inner()));
    if let Some(read) = chain.first().and_then(|own| Certificate::read(own)) {
        tls.faults = trust.faults(&chain, &read, &name, &recorder.algorithms);
        tls.until = read.until();
        tls.names = read.names;
        tls.issuer = Some(read.issuer);
    }
    match came {
        Ok(Ok(stream)) => {
            let version = stream.get_ref().1.protocol_version();
            tls.version = version.and_then(|v| v.as_str()).map(str::to_owned);
            tls.handshake = Handshake::Done;
            (tls, Some(stream))
        }
        Ok(Err(error)) => {
            tls.handshake = failed(&error);
            (tls, None)
        }
        Err(_) => (tls, None),
    }
}

fn config(provider: &Arc<CryptoProvider>, recorder: &Arc<Recorder>) -> Result<ClientConfig, Error> {
    let verifier = Arc::clone(recorder);
    Ok(ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// Whom the certificate has to name. SNI carries names alone, so an address is not sent.
fn server_name(target: &Target, address: IpAddr) -> Result<ServerName<'static>, String> {
    match &target.host {
        Host::Addresses(_) => Ok(ServerName::IpAddress(NameAddress::from(address))),
        Host::Name(name) => {
            let ascii = super::ask::name(name)?;
            ServerName::try_from(super::ask::plain(&ascii))
                .map_err(|_| format!("`{name}` cannot be asked for in a handshake"))
        }
    }
}

fn failed(error: &io::Error) -> Handshake {
    match error.get_ref().and_then(|e| e.downcast_ref::<Error>()) {
        None => match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                Handshake::Closed
            }
            _ => Handshake::Failed(reason::words(error)),
        },
        Some(Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        )) => Handshake::Failed("the far side does not speak TLS".to_owned()),
        Some(Error::AlertReceived(alert)) => {
            Handshake::Failed(format!("the far side refuses it, with the alert {alert:?}"))
        }
        Some(other) => Handshake::Failed(other.to_string()),
    }
}

/// Takes every certificate and keeps it. Signatures are verified all the same: who shows a
/// certificate has its key.
#[derive(Debug)]
struct Recorder {
    algorithms: WebPkiSupportedAlgorithms,
    chain: Mutex<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut chain = self.chain.lock().unwrap_or_else(|e| e.into_inner());
        *chain = std::iter::once(own)
            .chain(above)
            .map(|c| c.clone().into_owned())
            .collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, own, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, own, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

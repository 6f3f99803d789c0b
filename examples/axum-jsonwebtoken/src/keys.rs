//! The issuer's keys: fetched when a kid is unknown or they are old, and at most once a second.

use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use tokio::sync::RwLock;

const REST: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(5);

pub struct Keys {
    url: String,
    refresh: Duration,
    client: reqwest::Client,
    cached: RwLock<Cached>,
}

#[derive(Default)]
struct Cached {
    set: JwkSet,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

impl Cached {
    fn is_due(&self, kid: &str, refresh: Duration) -> bool {
        let older = |moment: Option<Instant>, age| moment.is_none_or(|moment| moment.elapsed() >= age);
        older(self.tried, REST) && (older(self.fetched, refresh) || self.set.find(kid).is_none())
    }
}

impl Keys {
    pub fn new(url: String, refresh: Duration) -> Self {
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().expect("an HTTP client");
        Self { url, refresh, client, cached: RwLock::default() }
    }

    /// The key of that name. Keys that can't be fetched again go on counting.
    pub async fn find(&self, kid: &str) -> Option<Jwk> {
        if self.cached.read().await.is_due(kid, self.refresh) {
            let mut cached = self.cached.write().await;
            // Those who waited for the lock find what the first one brought.
            if cached.is_due(kid, self.refresh) {
                match self.fetch().await {
                    Ok(set) => (cached.set, cached.fetched) = (set, Some(Instant::now())),
                    Err(problem) => eprintln!("the keys could not be fetched: {problem}"),
                }
                cached.tried = Some(Instant::now());
            }
        }
        self.cached.read().await.set.find(kid).cloned()
    }

    async fn fetch(&self) -> Result<JwkSet, reqwest::Error> {
        self.client.get(&self.url).send().await?.error_for_status()?.json().await
    }
}

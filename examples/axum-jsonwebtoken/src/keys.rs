//! The issuer's keys: fetched when a kid is unknown or they are old, one fetch at a time and at most one in a second.

use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use reqwest::StatusCode;
use tokio::sync::{Mutex, RwLock};

const REST: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(5);

type Problem = Box<dyn std::error::Error + Send + Sync>;

pub struct Keys {
    url: String,
    refresh: Duration,
    client: reqwest::Client,
    cached: RwLock<Cached>,
    fetching: Mutex<()>,
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
        Self { url, refresh, client, cached: RwLock::default(), fetching: Mutex::default() }
    }

    /// The key of that name. Keys that can't be fetched again go on counting.
    pub async fn find(&self, kid: &str) -> Option<Jwk> {
        let (known, due) = {
            let cached = self.cached.read().await;
            (cached.set.find(kid).cloned(), cached.is_due(kid, self.refresh))
        };
        if !due {
            return known;
        }
        // Who has a key waits for nobody else's fetch; who has none finds what that one brings.
        let turn = match known {
            Some(_) => self.fetching.try_lock().ok(),
            None => Some(self.fetching.lock().await),
        };
        if turn.is_some() && self.cached.read().await.is_due(kid, self.refresh) {
            let fetched = self.fetch().await;
            let mut cached = self.cached.write().await;
            cached.tried = Some(Instant::now());
            match fetched {
                Ok(set) => (cached.set, cached.fetched) = (set, cached.tried),
                Err(problem) => eprintln!("the keys could not be fetched: {problem}"),
            }
        }
        self.cached.read().await.set.find(kid).cloned()
    }

    async fn fetch(&self) -> Result<JwkSet, Problem> {
        let answer = self.client.get(&self.url).send().await?;
        // Not error_for_status, which lets a redirect to nowhere pass.
        if answer.status() != StatusCode::OK {
            return Err(format!("the answer is {}", answer.status()).into());
        }
        Ok(answer.json().await?)
    }
}

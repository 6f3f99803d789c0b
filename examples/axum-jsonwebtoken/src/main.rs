//! A small API that takes access tokens which jsonwebtoken verifies.

mod keys;

use std::{env, sync::Arc, time::Duration};

use axum::{
    Json, RequestPartsExt, Router,
    extract::FromRequestParts,
    http::{StatusCode, header::WWW_AUTHENTICATE, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use axum_extra::{
    TypedHeader,
    headers::{Authorization, authorization::Bearer},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use keys::Keys;

struct Verifier {
    keys: Keys,
    validation: Validation,
}

type Api = Arc<Verifier>;

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    permissions: Vec<String>,
}

impl Claims {
    fn require(&self, permission: &str) -> Result<(), Refusal> {
        if self.permissions.iter().any(|one| one == permission) {
            return Ok(());
        }
        Err(Refusal::MissingPermission)
    }
}

enum Refusal {
    NoCredentials,
    InvalidToken,
    MissingPermission,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, challenge, text) = match self {
            Refusal::NoCredentials => (StatusCode::UNAUTHORIZED, "Bearer", "a bearer token is needed"),
            Refusal::InvalidToken => {
                (StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\"", "the token is not valid")
            }
            Refusal::MissingPermission => {
                (StatusCode::FORBIDDEN, "Bearer error=\"insufficient_scope\"", "a permission is missing")
            }
        };
        (status, [(WWW_AUTHENTICATE, challenge)], Json(json!({ "error": text }))).into_response()
    }
}

impl FromRequestParts<Api> for Claims {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Refusal> {
        let TypedHeader(Authorization(bearer)) = parts
            .extract::<TypedHeader<Authorization<Bearer>>>()
            .await
            .map_err(|_| Refusal::NoCredentials)?;
        let header = decode_header(bearer.token()).map_err(|_| Refusal::InvalidToken)?;
        let kid = header.kid.ok_or(Refusal::InvalidToken)?;
        let jwk = api.keys.find(&kid).await.ok_or(Refusal::InvalidToken)?;
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| Refusal::InvalidToken)?;
        let token = decode(bearer.token(), &key, &api.validation).map_err(|_| Refusal::InvalidToken)?;
        Ok(token.claims)
    }
}

#[derive(Deserialize, Serialize)]
struct Note {
    text: String,
}

async fn list_notes(claims: Claims) -> Result<Json<Value>, Refusal> {
    claims.require("notes:list")?;
    Ok(Json(json!({ "notes": [] })))
}

async fn create_note(claims: Claims, Json(note): Json<Note>) -> Result<Response, Refusal> {
    claims.require("notes:create")?;
    Ok((StatusCode::CREATED, Json(note)).into_response())
}

async fn list_labels(claims: Claims) -> Result<Json<Value>, Refusal> {
    claims.require("labels:list")?;
    Ok(Json(json!({ "labels": [] })))
}

#[tokio::main]
async fn main() {
    let setting = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let algorithms: Vec<Algorithm> =
        setting("ALGORITHMS").split(',').map(|name| name.parse().expect("an algorithm")).collect();
    let mut validation = Validation::new(algorithms[0]);
    validation.algorithms = algorithms;
    validation.set_issuer(&[setting("ISSUER")]);
    validation.set_audience(&[setting("AUDIENCE")]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    let refresh = setting("REFRESH_SECONDS").parse().map(Duration::from_secs_f64).expect("seconds");
    let api = Arc::new(Verifier { keys: Keys::new(setting("JWKS_URL"), refresh), validation });
    let router = Router::new()
        .route("/health", get(|| async { Json(json!({ "status": "ok" })) }))
        .route("/notes", get(list_notes).post(create_note))
        .route("/labels", get(list_labels))
        .with_state(api);
    let address = format!("127.0.0.1:{}", setting("PORT"));
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    axum::serve(listener, router).await.expect("the server runs");
}

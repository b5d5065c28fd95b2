//! The message loop: what the client says in, answers and diagnostics out.

use super::convert::Encoding;
use super::documents::Documents;
use super::features::Cursor;
use super::features::completion::{Item, ItemKind, completion};
use super::features::definition::definition;
use super::features::formatting::formatted;
use super::features::hover::hover;
use super::paths::path_of;
use super::place::{LibraryPlace, library_uri};
use super::publish::{location, publications};
use super::study::{Study, studies, study_of};
use crate::source::Files;
use lsp_server::{Connection, ErrorCode, Message, Notification, ProtocolError, Request, RequestId, Response};
use lsp_types::notification::Notification as _;
use lsp_types::request::Request as _;
use lsp_types::{notification as note, request as ask, *};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How long the server waits for more typing before it analyses.
const PAUSE: Duration = Duration::from_millis(100);

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client asked for the end before it came.
    Orderly,
    /// The client went away, or ended without asking.
    Abrupt,
}

/// Serves one client until it ends the session. `files` is what lies beneath the open documents,
/// `library` where the library's own files can be opened.
///
/// # Errors
/// If the client breaks the protocol before the session has begun.
pub fn serve(
    connection: &Connection,
    files: &dyn Files,
    library: Option<&dyn LibraryPlace>,
) -> Result<End, ProtocolError> {
    let (id, params) = match connection.initialize_start() {
        Ok(begun) => begun,
        Err(error) if error.channel_is_disconnected() => return Ok(End::Abrupt),
        Err(error) => return Err(error),
    };
    let offered = serde_json::from_value::<InitializeParams>(params)
        .ok()
        .and_then(|p| p.capabilities.general)
        .and_then(|g| g.position_encodings);
    let encoding = Encoding::negotiated(offered.as_deref());
    let answer = serde_json::json!({
        "capabilities": capabilities(encoding),
        "serverInfo": { "name": "tieline", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer)?;
    let mut server = Server {
        connection,
        files,
        library,
        encoding,
        documents: Documents::default(),
        studies: Vec::new(),
        published: Vec::new(),
        stale: false,
        closing: false,
    };
    Ok(server.run())
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![".".into(), " ".into()]),
            ..CompletionOptions::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

struct Server<'a> {
    connection: &'a Connection,
    files: &'a dyn Files,
    library: Option<&'a dyn LibraryPlace>,
    encoding: Encoding,
    documents: Documents,
    studies: Vec<Study>,
    /// Files with published diagnostics.
    published: Vec<Uri>,
    /// Were documents changed since the last analysis?
    stale: bool,
    /// Has the client asked for the end?
    closing: bool,
}

/// Why a request has no answer.
type Refusal = (ErrorCode, String);

impl Server<'_> {
    fn run(&mut self) -> End {
        loop {
            let message = if self.stale {
                match self.connection.receiver.recv_timeout(PAUSE) {
                    Ok(message) => message,
                    Err(error) if error.is_timeout() => {
                        self.refresh();
                        continue;
                    }
                    Err(_) => return End::Abrupt,
                }
            } else {
                match self.connection.receiver.recv() {
                    Ok(message) => message,
                    Err(_) => return End::Abrupt,
                }
            };
            match message {
                Message::Notification(n) if n.method == note::Exit::METHOD => {
                    return if self.closing { End::Orderly } else { End::Abrupt };
                }
                Message::Notification(n) => self.notified(n),
                Message::Request(r) => self.asked(r),
                Message::Response(_) => {}
            }
        }
    }

    /// Analyses the documents as they are now and publishes what was found.
    fn refresh(&mut self) {
        self.stale = false;
        self.studies = studies(&self.documents, self.files);
        let list = publications(&self.studies, &self.documents, self.encoding, &self.published);
        self.published = list.iter().filter(|p| !p.diagnostics.is_empty()).map(|p| p.uri.clone()).collect();
        for params in list {
            self.send(Notification::new(note::PublishDiagnostics::METHOD.into(), params).into());
        }
    }

    /// A send fails only when the client is gone, which the next receive notices.
    fn send(&self, message: Message) {
        let _ = self.connection.sender.send(message);
    }

    fn notified(&mut self, n: Notification) {
        let Notification { method, params } = n;
        match method.as_str() {
            note::DidOpenTextDocument::METHOD => {
                if let Ok(p) = serde_json::from_value::<DidOpenTextDocumentParams>(params) {
                    self.documents.open(p.text_document);
                    self.stale = true;
                }
            }
            note::DidChangeTextDocument::METHOD => {
                if let Ok(p) = serde_json::from_value::<DidChangeTextDocumentParams>(params) {
                    let document = p.text_document;
                    self.documents.change(&document.uri, document.version, p.content_changes, self.encoding);
                    self.stale = true;
                }
            }
            note::DidCloseTextDocument::METHOD => {
                if let Ok(p) = serde_json::from_value::<DidCloseTextDocumentParams>(params) {
                    self.documents.close(&p.text_document.uri);
                    if !self.published.contains(&p.text_document.uri) {
                        self.published.push(p.text_document.uri);
                    }
                    self.stale = true;
                }
            }
            note::DidSaveTextDocument::METHOD | note::DidChangeWatchedFiles::METHOD => self.stale = true,
            _ => {}
        }
    }

    fn asked(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if self.closing {
            return self.refuse(id, (ErrorCode::InvalidRequest, "the session is ending".into()));
        }
        if method == ask::Shutdown::METHOD {
            self.closing = true;
            return self.send(Response::new_ok(id, Value::Null).into());
        }
        let answer = catch_unwind(AssertUnwindSafe(|| self.answer(&method, params)));
        match answer {
            Ok(Ok(value)) => self.send(Response::new_ok(id, value).into()),
            Ok(Err(refusal)) => self.refuse(id, refusal),
            Err(_) => {
                self.refuse(id, (ErrorCode::InternalError, format!("`{method}` failed: this is a bug in Tieline")))
            }
        }
    }

    fn refuse(&self, id: RequestId, (code, text): Refusal) {
        self.send(Response::new_err(id, code as i32, text).into());
    }

    fn answer(&mut self, method: &str, params: Value) -> Result<Value, Refusal> {
        match method {
            ask::HoverRequest::METHOD => {
                let p: HoverParams = read(params)?;
                shown(&self.hover(&p.text_document_position_params))
            }
            ask::GotoDefinition::METHOD => {
                let p: GotoDefinitionParams = read(params)?;
                shown(&self.definition(&p.text_document_position_params))
            }
            ask::Completion::METHOD => {
                let p: CompletionParams = read(params)?;
                shown(&self.completion(&p.text_document_position))
            }
            ask::Formatting::METHOD => {
                let p: DocumentFormattingParams = read(params)?;
                shown(&self.formatting(&p.text_document.uri))
            }
            _ => Err((ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
        }
    }

    /// The cursor at a position, on an analysis of the documents as they are now.
    fn cursor(&mut self, at: &TextDocumentPositionParams) -> Option<(&Study, Cursor<'_>)> {
        if self.stale {
            self.refresh();
        }
        let path = path_of(&at.text_document.uri);
        let (study, file) = study_of(&self.studies, &path)?;
        let text = &study.analysis.sources.get(file)?.text;
        let offset = self.encoding.offset(text, at.position);
        Some((study, Cursor::new(&study.analysis, file, offset)?))
    }

    fn hover(&mut self, at: &TextDocumentPositionParams) -> Option<Hover> {
        let encoding = self.encoding;
        let (study, cursor) = self.cursor(at)?;
        let found = hover(&cursor)?;
        let file = study.analysis.sources.get(found.span.file)?;
        Some(Hover {
            contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: found.text }),
            range: Some(encoding.range(file, found.span)),
        })
    }

    fn definition(&mut self, at: &TextDocumentPositionParams) -> Option<Location> {
        let span = definition(&self.cursor(at)?.1)?;
        let (study, _) = study_of(&self.studies, &path_of(&at.text_document.uri))?;
        let sources = &study.analysis.sources;
        location(sources, &self.documents, self.encoding, span).or_else(|| {
            let file = sources.get(span.file)?;
            Some(Location { uri: library_uri(self.library, &file.name)?, range: self.encoding.range(file, span) })
        })
    }

    fn completion(&mut self, at: &TextDocumentPositionParams) -> Vec<CompletionItem> {
        let items = self.cursor(at).map(|(_, cursor)| completion(&cursor)).unwrap_or_default();
        items.into_iter().enumerate().map(proposal).collect()
    }

    fn formatting(&self, uri: &Uri) -> Option<Vec<TextEdit>> {
        let text = &self.documents.get(&path_of(uri))?.text;
        let new_text = formatted(text)?;
        let lines = text.bytes().filter(|b| *b == b'\n').count() as u32;
        let last = text.rsplit('\n').next().unwrap_or("");
        let character = match self.encoding {
            Encoding::Utf8 => last.len(),
            Encoding::Utf16 => last.encode_utf16().count(),
        };
        let end = Position { line: lines, character: character as u32 };
        Some(vec![TextEdit { range: Range { start: Position::default(), end }, new_text }])
    }
}

fn proposal((rank, item): (usize, Item)) -> CompletionItem {
    let kind = match item.kind {
        ItemKind::Keyword => CompletionItemKind::KEYWORD,
        ItemKind::Class => CompletionItemKind::CLASS,
        ItemKind::Field => CompletionItemKind::FIELD,
        ItemKind::Value => CompletionItemKind::CONSTANT,
        ItemKind::Variable => CompletionItemKind::VARIABLE,
        ItemKind::Unit => CompletionItemKind::UNIT,
        ItemKind::Function => CompletionItemKind::FUNCTION,
        ItemKind::Module | ItemKind::Aspect => CompletionItemKind::MODULE,
        ItemKind::Table => CompletionItemKind::STRUCT,
        ItemKind::Type => CompletionItemKind::TYPE_PARAMETER,
    };
    let doc = |value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value });
    CompletionItem {
        label: item.label,
        kind: Some(kind),
        detail: item.detail,
        documentation: item.doc.map(doc),
        sort_text: Some(format!("{rank:05}")),
        ..CompletionItem::default()
    }
}

fn read<P: DeserializeOwned>(params: Value) -> Result<P, Refusal> {
    serde_json::from_value(params).map_err(|e| (ErrorCode::InvalidParams, e.to_string()))
}

fn shown(value: &impl serde::Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(|e| (ErrorCode::InternalError, e.to_string()))
}

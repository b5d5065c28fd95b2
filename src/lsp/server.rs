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
use super::study::{Study, later, studies, study_of};
use crate::check::Beyond;
use crate::deadline::Deadline;
use crate::source::Files;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::Notification as _;
use lsp_types::request::Request as _;
use lsp_types::{notification as note, request as ask, *};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Duration;

/// How long nothing must happen before programs are looked at, and how often it is seen whether that is done.
const IDLE: Duration = Duration::from_millis(20);

/// Room for the recursion over deeply nested input.
const STACK: usize = 64 << 20;

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
/// `library` where the library's own files can be opened. Messages that cannot be understood are answered
/// with an error, or told in the editor's log where no answer is expected; the session goes on.
pub fn serve(connection: &Connection, files: &dyn Files, library: Option<&dyn LibraryPlace>) -> End {
    let Some(encoding) = begin(connection) else { return End::Abrupt };
    std::thread::scope(|scope| {
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
            scope,
            later: None,
            due: false,
        };
        let end = server.run();
        server.cancel();
        end
    })
}

/// Work in the background.
struct Later<'scope> {
    /// Set where nobody waits for it any more.
    stop: Arc<AtomicBool>,
    /// What it finds, by the roots of the studies.
    handle: ScopedJoinHandle<'scope, Vec<(String, Beyond)>>,
}

/// Waits for the request that begins a session and answers it; none where the client leaves before.
fn begin(connection: &Connection) -> Option<Encoding> {
    loop {
        let (id, method, params) = match connection.receiver.recv().ok()? {
            Message::Request(Request { id, method, params }) => (id, method, params),
            Message::Notification(n) if n.method == note::Exit::METHOD => return None,
            Message::Notification(_) | Message::Response(_) => continue,
        };
        if method != ask::Initialize::METHOD {
            let text = format!("the session begins with `initialize`, not `{method}`");
            let refused = Response::new_err(id, ErrorCode::ServerNotInitialized as i32, text);
            connection.sender.send(refused.into()).ok()?;
            continue;
        }
        if !params.is_object() {
            let text = "the parameters of `initialize` are an object".to_string();
            connection.sender.send(Response::new_err(id, ErrorCode::InvalidParams as i32, text).into()).ok()?;
            continue;
        }
        // Of all that a client says of itself only this matters.
        let offered = params.pointer("/capabilities/general/positionEncodings").cloned();
        let offered = offered.and_then(|list| serde_json::from_value::<Vec<PositionEncodingKind>>(list).ok());
        let encoding = Encoding::negotiated(offered.as_deref());
        let answer = serde_json::json!({
            "capabilities": capabilities(encoding),
            "serverInfo": { "name": "tieline", "version": env!("CARGO_PKG_VERSION") },
        });
        connection.sender.send(Response::new_ok(id, answer).into()).ok()?;
        return Some(encoding);
    }
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

struct Server<'scope, 'a> {
    connection: &'a Connection,
    files: &'scope dyn Files,
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
    /// Where background work runs.
    scope: &'scope Scope<'scope, 'a>,
    /// Programs and convexity of the studies as they are, or were.
    later: Option<Later<'scope>>,
    /// Are programs and convexity still to be looked at?
    due: bool,
}

/// Why a request has no answer.
type Refusal = (ErrorCode, String);

impl Server<'_, '_> {
    fn run(&mut self) -> End {
        loop {
            let wait = match (self.stale, self.due || self.later.is_some()) {
                (true, _) => Some(PAUSE),
                (false, true) => Some(IDLE),
                (false, false) => None,
            };
            let received = match wait {
                Some(time) => self.connection.receiver.recv_timeout(time).map_err(|e| e.is_timeout()),
                None => self.connection.receiver.recv().map_err(|_| false),
            };
            let message = match received {
                Ok(message) => message,
                Err(true) if self.stale => {
                    self.refresh();
                    continue;
                }
                Err(true) => {
                    self.idle();
                    continue;
                }
                Err(false) => return End::Abrupt,
            };
            match message {
                Message::Notification(n) if n.method == note::Exit::METHOD => {
                    return if self.closing { End::Orderly } else { End::Abrupt };
                }
                Message::Notification(n) => self.notified(n),
                Message::Request(r) => self.asked(r),
                Message::Response(_) => {}
            }
            if self.stale {
                self.cancel();
            }
        }
    }

    /// Analyses the documents as they are now, without their programs, and publishes what was found.
    fn refresh(&mut self) {
        self.cancel();
        self.stale = false;
        self.due = true;
        self.studies = studies(&self.documents, self.files);
        self.publish();
    }

    /// What is being looked at in the background is of no interest any more.
    fn cancel(&mut self) {
        self.due = false;
        if let Some(later) = &self.later {
            later.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Takes what has been found in the background, and begins to look at programs where that is due and
    /// nothing from before is still running.
    fn idle(&mut self) {
        if let Some(later) = self.later.take_if(|later| later.handle.is_finished()) {
            let wanted = !later.stop.load(Ordering::Relaxed);
            let found = later.handle.join().unwrap_or_default();
            let mut news = false;
            for (root, found) in found.into_iter().filter(|_| wanted) {
                for study in self.studies.iter_mut().filter(|s| s.root == root) {
                    news |= study.take(found.clone());
                }
            }
            if news {
                self.publish();
            }
        }
        if self.due && self.later.is_none() {
            self.due = false;
            let (documents, files) = (self.documents.clone(), self.files);
            let studies: Vec<_> = self.studies.iter().map(|s| (s.root.clone(), Arc::clone(&s.analysis))).collect();
            let stop = Arc::new(AtomicBool::new(false));
            let limit = Deadline::never().or_when(Arc::clone(&stop));
            let work = move || later(&documents, files, &studies, &limit);
            let thread = std::thread::Builder::new().name("programs".into()).stack_size(STACK);
            self.later = thread.spawn_scoped(self.scope, work).ok().map(|handle| Later { stop, handle });
        }
    }

    fn publish(&mut self) {
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
        let method = n.method.clone();
        let done = catch_unwind(AssertUnwindSafe(|| self.take(n)));
        let told = match done {
            Ok(Ok(())) => return,
            Ok(Err((_, text))) => format!("`{method}` is not understood: {text}"),
            Err(_) => format!("`{method}` failed: this is a bug in Tieline"),
        };
        let params = LogMessageParams { typ: MessageType::ERROR, message: told };
        self.send(Notification::new(note::LogMessage::METHOD.into(), params).into());
    }

    /// Takes in what the client tells.
    fn take(&mut self, n: Notification) -> Result<(), Refusal> {
        let Notification { method, params } = n;
        match method.as_str() {
            note::DidOpenTextDocument::METHOD => {
                let p: DidOpenTextDocumentParams = read(params)?;
                self.documents.open(p.text_document);
                self.stale = true;
            }
            note::DidChangeTextDocument::METHOD => {
                let p: DidChangeTextDocumentParams = read(params)?;
                let document = p.text_document;
                self.documents.change(&document.uri, document.version, p.content_changes, self.encoding);
                self.stale = true;
            }
            note::DidCloseTextDocument::METHOD => {
                let p: DidCloseTextDocumentParams = read(params)?;
                self.documents.close(&p.text_document.uri);
                if !self.published.contains(&p.text_document.uri) {
                    self.published.push(p.text_document.uri);
                }
                self.stale = true;
            }
            note::DidSaveTextDocument::METHOD | note::DidChangeWatchedFiles::METHOD => self.stale = true,
            note::Initialized::METHOD => {}
            // Clients may send these to any server.
            other if other.starts_with("$/") || other.starts_with("workspace/") => {}
            _ => return Err((ErrorCode::MethodNotFound, "there is no such notification".into())),
        }
        Ok(())
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
            ask::Initialize::METHOD => Err((ErrorCode::InvalidRequest, "the session has begun already".into())),
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

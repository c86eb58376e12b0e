//! The characters of a pattern, an escape being two that stay together, as the parser of Python's `re` reads them.

/// What is wrong with a pattern, and where: a count of characters, as in Python.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) what: String,
    pub(super) at: usize,
}

pub(super) type Parsed<T> = Result<T, Problem>;

/// A character, or one with a backslash before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) escaped: bool,
    pub(super) c: char,
}

impl Token {
    pub(super) fn is(self, c: char) -> bool {
        !self.escaped && self.c == c
    }
}

#[derive(Debug)]
pub(super) struct Tokens {
    chars: Vec<char>,
    /// The next token, and where it begins.
    next: Option<Token>,
    at: usize,
}

impl Tokens {
    pub(super) fn new(pattern: &str) -> Parsed<Self> {
        let mut tokens = Tokens { chars: pattern.chars().collect(), next: None, at: 0 };
        tokens.seek(0)?;
        Ok(tokens)
    }

    /// Goes to a place where a token begins.
    pub(super) fn seek(&mut self, at: usize) -> Parsed<()> {
        self.at = at;
        self.next = match (self.chars.get(at), self.chars.get(at + 1)) {
            (None, _) => None,
            (Some('\\'), None) => return Err(self.problem("bad escape (end of pattern)")),
            (Some('\\'), Some(&c)) => Some(Token { escaped: true, c }),
            (Some(&c), _) => Some(Token { escaped: false, c }),
        };
        Ok(())
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.next
    }

    pub(super) fn take(&mut self) -> Parsed<Option<Token>> {
        let token = self.next;
        if let Some(Token { escaped, .. }) = token {
            self.seek(self.at + 1 + usize::from(escaped))?;
        }
        Ok(token)
    }

    /// The next token, where the pattern must not end.
    pub(super) fn need(&mut self) -> Parsed<Token> {
        self.take()?.ok_or_else(|| self.problem("unexpected end of pattern"))
    }

    pub(super) fn take_if(&mut self, c: char) -> Parsed<bool> {
        let found = self.next.is_some_and(|token| token.is(c));
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// At most so many characters of a kind.
    pub(super) fn take_while(&mut self, most: usize, wanted: impl Fn(char) -> bool) -> Parsed<String> {
        let mut taken = String::new();
        while taken.len() < most
            && let Some(token) = self.next.filter(|token| !token.escaped && wanted(token.c))
        {
            taken.push(token.c);
            self.take()?;
        }
        Ok(taken)
    }

    /// What stands before `end`, which is dropped.
    pub(super) fn until(&mut self, end: char, what: &str) -> Parsed<String> {
        let mut found = String::new();
        loop {
            match self.take()? {
                None if found.is_empty() => return Err(self.problem(format!("missing {what}"))),
                None => return Err(self.problem(format!("missing {end}, unterminated name"))),
                Some(token) if token.is(end) && found.is_empty() => {
                    return Err(self.problem(format!("missing {what}")));
                }
                Some(token) if token.is(end) => return Ok(found),
                Some(token) => {
                    found.extend(token.escaped.then_some('\\'));
                    found.push(token.c);
                }
            }
        }
    }

    pub(super) fn problem(&self, what: impl Into<String>) -> Problem {
        Problem { what: what.into(), at: self.at }
    }
}

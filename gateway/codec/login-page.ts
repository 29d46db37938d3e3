// The page at /codec/login where an operator enters the token, so that the Temporal UI in the same browser can have
// payloads decrypted.

/** Headers of the page: nothing runs on it, and it stands in no frame. */
export const LOGIN_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
} as const;

const FORM = `<form method="post" action="/codec/login">
<label>Token <input name="token" type="password" autocomplete="off" autofocus required></label>
<button>Log in</button>
</form>`;

/** `asks`: the form; `refused`: the form again; `done`: what to do next. */
export function loginPage(state: 'asks' | 'refused' | 'done'): string {
  const content = {
    asks: FORM,
    refused: `<p>This is not the token of <code>encryption.codecServer</code>.</p>${FORM}`,
    done: '<p>Logged in for eight hours. Reload the Temporal UI.</p>',
  }[state];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Baton codec server</title>
<style>body{font:16px system-ui;margin:4rem auto;max-width:32rem}</style>
<h1>Baton codec server</h1>
${content}
</html>
`;
}

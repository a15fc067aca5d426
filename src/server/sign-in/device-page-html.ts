import { productName } from '../../version.ts'

/** The text of the page `/device`. It contains no text of a request but codes that have their form. */

export interface DevicePage {
  /** In its form `XXXX-XXXX`; undefined without one. */
  readonly userCode: string | undefined
  /** Whether the page has a form for an invite. */
  readonly takesInvites: boolean
  /** Our own sentence, without markup. */
  readonly message?: string
}

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:34rem;margin:3rem auto;padding:0 1rem}
code{font-family:ui-monospace,monospace}
.code{font-size:2rem;letter-spacing:.1em}
pre{padding:.75rem;overflow-x:auto;border:1px solid;border-radius:.25rem}
label,input,button{display:block;font:inherit;margin-top:.75rem}
input{margin-top:.25rem;padding:.4rem;width:100%;box-sizing:border-box}
button{padding:.4rem 1rem}`

const codeParts = (userCode: string | undefined): string =>
  userCode === undefined
    ? '<p>Claude Code shows a code of eight letters.</p>'
    : `<p>Your code:</p>\n<p class="code"><code>${userCode}</code></p>\n<p>Check that Claude Code shows the same code. If you did not start this sign-in, close this page.</p>`

const commandParts = (userCode: string | undefined): string =>
  `<p>To approve it, run this command on the machine of the server, as the user that runs it:</p>\n<pre><code>${productName} sign-in approve ${userCode ?? 'CODE'}</code></pre>`

const formParts = (userCode: string | undefined): string =>
  `<form method="post" action="/device">
<label>Code of Claude Code <input name="user_code" required autocomplete="off" spellcheck="false" value="${userCode ?? ''}"></label>
<label>Invite <input name="invite" required autocomplete="off" spellcheck="false"></label>
<button>Sign in</button>
</form>
<p>You get an invite from the administrator of this server. It works once.</p>`

/** A complete document without a script. */
export const devicePageHtml = ({ userCode, takesInvites, message }: DevicePage): string => {
  const isDone = message !== undefined && !takesInvites
  const rest = isDone ? '' : takesInvites ? formParts(userCode) : commandParts(userCode)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to ${productName}</title>
<style>${style}</style>
</head>
<body>
<h1>Sign in from Claude Code</h1>
${message === undefined ? '' : `<p role="status"><strong>${message}</strong></p>`}
${isDone ? '' : codeParts(userCode)}
${rest}
</body>
</html>
`
}

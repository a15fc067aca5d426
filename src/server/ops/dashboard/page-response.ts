/** Sends a page with a policy that lets the browser run and load nothing that the page does not contain (OP-D1). */

export interface Page {
  readonly html: string
  /** `sha256-...` of the only style sheet, and of the only script if there is one. */
  readonly styleHash: string
  readonly scriptHash?: string
}

const policyOf = ({ styleHash, scriptHash }: Page): string =>
  [
    "default-src 'none'",
    ...(scriptHash === undefined ? [] : [`script-src '${scriptHash}'`, "connect-src 'self'"]),
    `style-src '${styleHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Also for data: nothing of the dashboard may stay in a cache. */
export const privateHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Under `no-referrer`, Chromium sends the origin `null` with a form, and the guard refuses that.
  'referrer-policy': 'same-origin',
} as const

export const pageResponse = (page: Page, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(page.html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyOf(page),
      ...privateHeaders,
      ...headers,
    },
  })

/** Our own sentence, without markup. */
export const withMessage = (page: Page, message: string): Page => ({
  ...page,
  html: page.html.replace('<!-- message -->', () => message),
})

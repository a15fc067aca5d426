/** A page of the simulated website, without scripts. */
export const htmlPage = (status: number, title: string, text: string): Response =>
  new Response(
    `<!doctype html><title>${Bun.escapeHTML(title)}</title><h1>${Bun.escapeHTML(title)}</h1><pre>${Bun.escapeHTML(text)}</pre>`,
    { status, headers: { 'content-type': 'text/html; charset=utf-8' } },
  )

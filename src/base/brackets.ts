/** IPv6 addresses stand in brackets in a URL, and without them everywhere else. */

export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

export const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '')

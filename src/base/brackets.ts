/** URLs write IPv6 addresses in brackets; everything else writes them without. */

export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

export const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '')

const mebibyte = 1024 * 1024

/** Limits of fetched files, for providers that accept no URLs. OpenAI accepts this size; others may refuse it. */
export const mediaLimit = {
  imageBytes: 20 * mebibyte,
  documentBytes: 32 * mebibyte,
  setBy: 'this server',
  omitted: () => 0,
  omissionText: (kind: 'image' | 'document') => `[${kind} omitted]`,
} as const

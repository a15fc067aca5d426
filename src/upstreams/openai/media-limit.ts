const mebibyte = 1024 * 1024

/** What is fetched for a provider that takes no URLs. OpenAI takes files of this size, others may take less and say so. */
export const mediaLimit = {
  imageBytes: 20 * mebibyte,
  documentBytes: 32 * mebibyte,
  setBy: 'this server',
  omitted: () => 0,
  omissionText: (kind: 'image' | 'document') => `[${kind} omitted]`,
} as const

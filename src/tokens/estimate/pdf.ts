import { countPdfPages } from '../../messages/pdf-pages.ts'

/** Text and image of one page together. Three pages are about 7,000 tokens. */
export const tokensPerPage = 2300
/**
 * Anthropic accepts 100 pages, or 600 with a context window of a million tokens. The window is not known here, and a
 * count that is too low does more harm, so this is the larger limit.
 */
const mostPages = 600

/** Estimates the tokens of a PDF. `base64`: the file. */
export const pdfTokens = (base64: string): number => Math.min(countPdfPages(base64), mostPages) * tokensPerPage

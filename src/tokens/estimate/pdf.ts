import { countPdfPages } from '../../messages/pdf-pages.ts'

/** Text and picture of one page together. Three pages are about 7,000 tokens. */
export const tokensPerPage = 2300
/**
 * Anthropic takes 100 pages, and 600 where the window is a million tokens. The larger: which window it
 * is does not show here, and a count that is too low is the worse one.
 */
const mostPages = 600

/** What a PDF costs. `base64`: the file. */
export const pdfTokens = (base64: string): number => Math.min(countPdfPages(base64), mostPages) * tokensPerPage

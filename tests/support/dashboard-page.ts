import type { Browser, Page } from 'puppeteer-core'
import { startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import type { UsageReport } from '../../src/usage/usage-report.ts'
import { type Chain, type ChainOptions, defaultConfig, startChain } from './chain.ts'
import { afterTest } from './cleanup.ts'

/** A server with a dashboard, and its page in a browser. */

/** Any text may be the name of a model of an OpenAI-compatible server, if the configuration names it. */
export const injection = '<img src=x onerror="document.title=1">'

export const startDashboard = (options: ChainOptions = {}): Chain => {
  const upstream = startChatSimulator({ isAnyModelServed: true })
  afterTest(() => upstream.stop())
  const openai = { ...defaultConfig.openai, modelMap: new Map([['injected', injection]]) }
  const config = { ...defaultConfig, dashboard: true, upstream: 'openai' as const, openai, ...options.config }
  return startChain({ ...options, config, endpointUrl: `${upstream.url}/v1` })
}

/** Sends a request to a model; resolves when its answer has ended. */
export const ask = async (chain: Chain, { model = 'gpt-5.2', isStream = false, headers = {} } = {}): Promise<void> => {
  const body = { model, max_tokens: 64, stream: isStream, messages: [{ role: 'user', content: 'Hello' }] }
  await (await chain.post(body, { headers })).text()
}

/** The figures of the last hour, as a program reads them. */
export const readSummary = async (
  { url }: Pick<Chain, 'url'>,
  by = 'model',
  headers: Record<string, string> = {},
): Promise<UsageReport> => {
  const hour = 3_600_000
  const [since, until] = [Date.now() - hour, Date.now() + hour].map((at) => new Date(at).toISOString())
  const query = new URLSearchParams({ since: since!, until: until!, by, timezone: 'Europe/Berlin' })
  return (await (await fetch(`${url}/dashboard/api/summary?${query}`, { headers })).json()) as UsageReport
}

export interface OpenPage {
  readonly page: Page
  /** Errors of scripts, texts of the console, and blocked requests. */
  readonly problems: readonly string[]
  /** Paths of this server; whole URLs of others. */
  readonly requests: readonly string[]
}

interface PageOptions {
  readonly width?: number
  readonly scheme?: 'light' | 'dark'
  /** After `#`. */
  readonly view?: string
}

/** Opens a page in a context of its own, which has no cookies of other tests. */
export const openPage = async (
  browser: Browser,
  url: string,
  { width = 1280, scheme = 'light', view = 'range=today' }: PageOptions = {},
): Promise<OpenPage> => {
  const context = await browser.createBrowserContext()
  afterTest(() => context.close())
  const page = await context.newPage()
  const problems: string[] = []
  const requests: string[] = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('request', (request) => requests.push(request.url().replace(url, '')))
  await page.setViewport({ width, height: 900 })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  await page.goto(`${url}/dashboard#${view}`)
  return { page, problems, requests }
}

/** Waits for the first figures. */
export const untilDrawn = async (page: Page): Promise<void> => {
  await page.waitForSelector('.chart canvas')
  await page.waitForFunction('document.querySelector("#foot").textContent !== ""')
}

/** URLs of a server's operations, from the base URL that users configure (OU-T1, T2). */

/** What Azure needs in addition to an address. */
export interface AzureOptions {
  /** `api-version` of deployment paths; undefined for the current paths, which have no version. */
  readonly apiVersion: string | undefined
}

const chatPath = '/chat/completions'
const azureHosts = ['.openai.azure.com', '.services.ai.azure.com', '.cognitiveservices.azure.com']

export const isAzure = (baseUrl: string, { apiVersion }: AzureOptions): boolean =>
  apiVersion !== undefined || azureHosts.some((suffix) => new URL(baseUrl).hostname.endsWith(suffix))

const withoutTrailingSlashes = (path: string): string => path.replace(/\/+$/, '')

const withPath = (base: URL, path: string): URL => {
  const url = new URL(base)
  url.pathname = path
  return url
}

/** Keeps the URL of a deployment; appends the deployment's path to the URL of a resource. */
const azureUrl = (base: URL, modelId: string, { apiVersion }: AzureOptions): URL => {
  const path = withoutTrailingSlashes(base.pathname).replace(/\/chat\/completions$/, '')
  const isDeployment = /\/openai\/deployments\/[^/]+$/.test(path)
  if (apiVersion === undefined && !isDeployment) return withPath(base, `/openai/v1${chatPath}`)
  const resource = path.replace(/\/openai(?:\/v1)?$/, '')
  const deployment = isDeployment ? path : `${resource}/openai/deployments/${encodeURIComponent(modelId)}`
  const url = withPath(base, deployment + chatPath)
  if (apiVersion !== undefined) url.searchParams.set('api-version', apiVersion)
  return url
}

/** The base path of the API: a base URL without a path means `/v1`. */
const apiPath = (base: URL): string => {
  const path = withoutTrailingSlashes(base.pathname)
  if (path.endsWith(chatPath)) return path.slice(0, -chatPath.length)
  return path === '' ? '/v1' : path
}

/** The URL for Chat Completions requests to a model. Throws if the base URL is not a URL. */
export const chatUrl = (baseUrl: string, modelId: string, azure: AzureOptions): string => {
  const base = new URL(baseUrl)
  const url = isAzure(baseUrl, azure) ? azureUrl(base, modelId, azure) : withPath(base, apiPath(base) + chatPath)
  return url.href
}

/** The URL of the server's list of models. */
export const modelsUrl = (baseUrl: string, azure: AzureOptions): string => {
  const base = new URL(baseUrl)
  if (!isAzure(baseUrl, azure)) return withPath(base, `${apiPath(base)}/models`).href
  const url = withPath(base, azure.apiVersion === undefined ? '/openai/v1/models' : '/openai/models')
  if (azure.apiVersion !== undefined) url.searchParams.set('api-version', azure.apiVersion)
  return url.href
}

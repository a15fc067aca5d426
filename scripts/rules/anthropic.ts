import { section } from './rule.ts'

/** Rules for the upstream `anthropic`: one array for each part of its specification. */

const settings = section(
  {
    '0': 'settings have flags, variables and keys; ANTHROPIC_BASE_URL is never read',
    '0a': 'common names of variables are read only under this upstream',
    '0b': 'a flag wins over a variable, a variable over the file; for keys, the file wins over variables',
    '0c': 'start requires a key, a folder of credentials or forwarded client keys',
    '0d': 'a folder of credentials is read only if it is named',
    '0e': 'an address that leads to this server is refused',
    '0f': 'Claude Code starts with the address, the token and NO_PROXY only',
    '0g': 'doctor checks each credential, the models and the expiry',
  },
  'AU-',
)

const nativeLane = section(
  {
    '1': 'a request goes out byte for byte',
    '2': 'nothing is parsed before the request is on its way',
    '3': "Anthropic judges a body; the server's guards hold for each path",
    '4': 'a compressed body stays compressed',
    '5': 'an answer comes in as it goes out, one write for each piece, as fast as the client reads',
    '6': 'a compressed answer loses the headers of its compression',
    '7': 'the model map replaces the name of the model and no other byte',
    '8': 'redirects are not followed',
    '9': 'a client that disconnects ends the request at the upstream',
    '10': 'a cut stream ends with an error or a broken connection, never like a whole one',
    '11': 'observation follows the write and has limits',
    '12': 'a failing observer changes no byte of the answer',
    '13': 'usage of a stream is the last figure of each member; one record for each request',
    '14': 'translated requests use the same client, credentials and retries',
    '15': 'the lane costs little more than a bare pass-through',
    '16': 'the server asks for the lane before it reads or checks a request',
  },
  'AU-N',
)

const retries = section(
  {
    '1': 'failures before the first byte are retried, within limits',
    '2': 'a 429 is relayed at once, unless another key is left',
    '3': 'other 401 and 403 answers are relayed, and not retried by clients',
    '4': 'a streamed body is never sent twice',
    '5': "a relayed failure keeps the upstream's status, body and request id",
  },
  'AU-R',
)

const headers = section(
  {
    '1': 'only listed headers go to the upstream',
    '2': 'beta flags are merged, and none is lost',
    '3': 'configured headers come last, and never carry a credential',
    '4': 'only listed headers go to the client',
    '5': 'two headers of one name keep both values; both request ids are logged',
  },
  'AU-H',
)

const paths = section(
  {
    '1': 'messages go through the lane, with their query',
    '2': 'tokens are counted by the upstream, or estimated on request',
    '3': 'batches and their results stream through',
    '4': "the upstream's list of models, in the form that the client expects",
    '5': 'files and skills stream through',
    '6': "the server's own paths are never forwarded",
    '7': 'paths of the administration are refused',
    '8': 'unknown paths are forwarded or refused',
    '9': 'odd paths are refused before a credential is chosen',
  },
  'AU-P',
)

const credentials = section(
  {
    '1': 'the file of the domain comes first',
    '2': "then the client's own credential, if it is forwarded",
    '3': 'then the configured key',
    '4': "then Claude Code's own sign-in",
    '5': 'placeholders and tokens of this server are never forwarded',
    '6': 'exactly one header carries a credential',
    '7': 'the forms of the files',
    '8': 'several keys of a domain: the next one if one fails',
    '9': 'only a valid host is a domain',
    '10': 'the names of the files, in their order',
    '11': 'the guard of Host accepts a name that has a file',
    '12': 'a changed file is read again',
    '13': 'an invalid file is an error that names it',
    '14': 'a file that others can read gets one warning',
    '15': 'a key reaches only its host and is never shown',
    '16': "a domain's own client key opens this domain",
  },
  'AU-K',
)

const terms = section(
  {
    '1': 'the docs link to the terms and give the date',
    '2': 'OAuth is off by default',
    '3': 'a client that shows its own token needs no switch',
    '4': 'no client is made to look like Claude Code',
    '5': 'the docs recommend keys of the API',
  },
  'AU-T',
)

const oauth = section(
  {
    '1': 'addresses, client id and scopes',
    '2': 'the library of OAuth is loaded only if it is needed',
    '3': 'a token is renewed a minute before it expires',
    '4': 'one renewal at a time for each file, also across processes',
    '5': 'the new tokens are stored before they are used',
    '6': 'a folder that cannot be written is a warning',
    '7': 'a refused renewal is judged by its kind',
    '8': 'an expired credential is an error that names the command',
    '9': 'a 401 causes one renewal and one retry',
    '10': 'a wrong clock is noticed',
    '11': 'a renewal has its own limits of time',
    '12': 'tokens are never logged',
    '13': 'the auth commands',
    '14': "Claude Code's own sign-in is read where it is stored",
    '15': 'it is never renewed or written',
  },
  'AU-O',
)

const clientSetup = section(
  {
    '1': 'files for clients have simple names, and are open',
    '2': 'files come from one folder, or are built in',
    '3': 'the token of the built-in file is not a credential',
  },
  'AU-C',
)

const statistics = section(
  {
    '1': '/token-stats has the form of the replaced system',
    '2': 'query evaluations and inferences',
    '3': 'tokens include cached ones; calls of tools',
    '4': 'each request counts once, at its end',
    '5': 'clients cannot invent rows',
    '6': 'served for each upstream',
    '7': 'counts, models and files do not count',
    '8': 'the report on the console',
  },
  'AU-U',
)

const slack = section(
  {
    '1': 'off without a webhook; a domain can silence itself',
    '2': 'what is never sent, and the words that are sent',
    '3': 'the form of a message, with escaped words',
    '4': 'messages about errors have no words of the upstream',
    '5': 'messages are sent after the answer, within limits',
    '6': 'the last words of a domain are remembered as a hash',
  },
  'AU-S',
)

const telemetry = section(
  {
    '1': 'one record for each request, at its end',
    '2': 'keys are masked; no words, session or host',
    '3': 'telemetry is sent within limits',
  },
  'AU-Y',
)

const process = section(
  {
    '1': 'GET / has the message and the folder',
    '2': 'DEBUG logs kinds and names, never values',
    '3': 'the banner names folder, hosts, reports and addresses',
    '4': 'no .env file is read by itself',
    '5': 'PORT and HOST set the address',
  },
  'AU-D',
)

export const anthropicRules = [
  ...settings,
  ...nativeLane,
  ...retries,
  ...headers,
  ...paths,
  ...credentials,
  ...terms,
  ...oauth,
  ...clientSetup,
  ...statistics,
  ...slack,
  ...telemetry,
  ...process,
]

// The JavaScript that runs inside the engine before and after a transform script: the vendor's `botContext`,
// as far as it concerns results. It reaches nothing outside the engine; text goes in, text comes out.

/**
 * Functions that Conversation Builder scripts have and a result script does not: at that moment there is no
 * message to send, no dialog to steer and no transfer to change (LivePerson scripting functions).
 */
export const UNAVAILABLE_FUNCTIONS: readonly string[] = [
  'getEnvVariable',
  'getLPAccountId',
  'getLPEngagementAttribute',
  'sendMessage',
  'sendMessages',
  'setBotTransferIntentId',
  'setBotTransferIntentbyDomain',
  'setBotTransferUserMessage',
  'setMessageDelay',
  'setTriggerNextMessage',
];

/** End of the error that such a call throws. The name before it is checked against the list. */
export const UNAVAILABLE_SUFFIX = ' is not available in a result script';

/** More debug messages than this are not counted. */
export const MAX_DEBUG_MESSAGES = 1_000;

/**
 * Evaluates to `{ begin(inputText), finish() }`. The intrinsics that it needs are taken before the script runs;
 * a script that changes them hurts its own result only, which the host checks anyway.
 */
export const GUEST_API = `(function () {
  'use strict';
  var parse = JSON.parse, stringify = JSON.stringify, toText = String;
  var values = new Map(), changed = new Map();
  var get = Map.prototype.get, set = Map.prototype.set, has = Map.prototype.has, each = Map.prototype.forEach;
  var call = Function.prototype.call.bind(Function.prototype.call);
  var debugMessages = 0;

  function asText(value) {
    if (value === undefined || value === null) return null;
    if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('not a value');
    if (typeof value !== 'object') return toText(value);
    var text = stringify(value);
    return text === undefined ? null : text;
  }

  function seededRandom(a, b, c, d) {
    return function random() {
      var sum = (a + b + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + sum | 0;
      return (sum >>> 0) / 4294967296;
    };
  }

  function begin(inputText) {
    var input = parse(inputText);
    for (var i = 0; i < input.variables.length; i++) {
      call(set, values, input.variables[i][0], input.variables[i][1]);
    }
    call(set, values, input.resultName, { jsonData: input.jsonData });
    call(set, values, input.resultName + 'Status', input.status);
    Math.random = seededRandom(input.seed[0], input.seed[1], input.seed[2], input.seed[3]);

    var botContext = {
      getBotVariable: function getBotVariable(name) {
        var value = call(get, values, toText(name));
        return value === undefined ? null : value;
      },
      setBotVariable: function setBotVariable(name, value, persistForSession, persistForever) {
        var text = asText(value);
        call(set, values, toText(name), value);
        call(set, changed, toText(name), text);
      },
      getConversationId: function getConversationId() { return input.conversationId; },
      printDebugMessage: function printDebugMessage(text) {
        if (debugMessages < ${MAX_DEBUG_MESSAGES}) debugMessages += 1;
      },
      getCurrentUserMessage: function getCurrentUserMessage() { return input.userMessage; },
    };
    function missing(name) {
      return function () { throw new Error('botContext.' + name + '${UNAVAILABLE_SUFFIX}'); };
    }
    var names = ${JSON.stringify(UNAVAILABLE_FUNCTIONS)};
    for (var j = 0; j < names.length; j++) botContext[names[j]] = missing(names[j]);
    globalThis.botContext = botContext;
  }

  function finish() {
    var pairs = '';
    call(each, changed, function (text, name) {
      pairs += (pairs === '' ? '' : ',') + stringify([name, text]);
    });
    return '{"variables":[' + pairs + '],"debugMessages":' + debugMessages + '}';
  }

  return { begin: begin, finish: finish };
})()`;

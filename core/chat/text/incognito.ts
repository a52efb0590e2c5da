import type { Random } from "../../crypto/random.ts";
import type { Profile } from "../api.ts";

const adjectives =
  "amber brave bright brisk calm clear clever cosy crisp curious dapper eager early fair fleet gentle glad golden grand happy hidden humble jolly keen kind late light lively lucky mellow merry mild misty modest neat nimble noble patient plain polite proud quick quiet rapid ready rosy royal shy silent silver simple sleepy smart soft spry steady still sunny swift tidy vivid warm wise witty".split(
    " ",
  );
const nouns =
  "acorn alder aspen badger beech birch bison breeze brook cedar cloud clover comet coral crane creek dune eagle elm ember falcon fern finch fjord fox glade grove harbour hare hawk hazel heron hill ibis island ivy jay juniper lake lark laurel linden lotus lynx maple marten meadow moss oak orchid otter owl pebble pine poplar quail raven reed river robin rowan sparrow spruce stork swan thistle tulip valley walnut willow wren".split(
    " ",
  );

/** A profile made up for one connection, which tells nothing about its owner. */
export function incognitoProfile(random: Random): Profile {
  return { displayName: `${pick(adjectives, random)} ${pick(nouns, random)}` };
}

/** One of the words: 32 random bits make the preference for the first ones negligible. */
function pick(words: readonly string[], random: Random): string {
  const number = new DataView(random(4).slice().buffer).getUint32(0);
  return words[number % words.length] ?? "";
}

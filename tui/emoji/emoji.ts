import type { Edit } from "../composer/edit.ts";

/** Emoji by the names people type after ":", the usual ones of chats. */
export const emoji: Readonly<Record<string, string>> = Object.fromEntries(
  `thumbsup 👍|thumbsdown 👎|heart ❤️|joy 😂|smile 😄|grin 😁|grinning 😀|wink 😉|blush 😊|cry 😢|sob 😭|open_mouth 😮|thinking 🤔
ok_hand 👌|clap 👏|pray 🙏|wave 👋|muscle 💪|point_up ☝️|raised_hands 🙌|handshake 🤝|eyes 👀|fire 🔥|rocket 🚀|tada 🎉
party 🥳|sparkles ✨|star ⭐|sun ☀️|moon 🌙|cloud ☁️|rain 🌧️|snow ❄️|rainbow 🌈|zap ⚡|coffee ☕|tea 🍵|beer 🍺|wine 🍷
pizza 🍕|cake 🎂|apple 🍎|bread 🍞|cat 🐱|dog 🐶|fox 🦊|bear 🐻|unicorn 🦄|penguin 🐧|snail 🐌|bug 🐛|tree 🌳|flower 🌸
check ✅|cross ❌|warning ⚠️|question ❓|exclamation ❗|bulb 💡|lock 🔒|key 🔑|phone 📞|mail 📧|link 🔗|paperclip 📎
calendar 📅|clock 🕐|hourglass ⏳|pencil ✏️|memo 📝|book 📖|computer 💻|gear ⚙️|hammer 🔨|wrench 🔧|package 📦|gift 🎁
car 🚗|train 🚆|bike 🚲|plane ✈️|house 🏠|map 🗺️|earth 🌍|music 🎵|guitar 🎸|camera 📷|movie 🎬|game 🎮|ball ⚽|medal 🏅
laughing 😆|rofl 🤣|sweat_smile 😅|upside_down 🙃|heart_eyes 😍|kiss 😘|yum 😋|sunglasses 😎|nerd 🤓|neutral 😐
unamused 😒|rolling_eyes 🙄|grimacing 😬|relieved 😌|sleepy 😴|sick 🤒|mask 😷|exploding 🤯|cowboy 🤠|angry 😠|rage 😡
scream 😱|fearful 😨|confused 😕|worried 😟|hug 🤗|shush 🤫|shrug 🤷|facepalm 🤦|salute 🫡|skull 💀|ghost 👻|robot 🤖
blue_heart 💙|green_heart 💚|yellow_heart 💛|purple_heart 💜|broken_heart 💔|hundred 💯|crossed_fingers 🤞|victory ✌️`
    .split(/[|\n]/)
    .map((entry) => entry.split(" ") as [string, string]),
);

/** Offered for a reaction before anything is typed; the set that other clients of the network offer. */
export const reactionEmoji = ["👍", "👎", "😀", "😂", "😢", "❤️", "🚀", "✅"] as const;

/**
 * With ":rock" before the cursor, the text with the emoji in its place; undefined when there is no such word or no
 * emoji begins so.
 */
export function completeEmoji({ text, cursor }: Edit): Edit | undefined {
  const typed = /(?:^|\s):([a-z_]{2,})$/.exec(text.slice(0, cursor))?.[1];
  if (typed === undefined) return undefined;
  const name =
    Object.keys(emoji).find((known) => known === typed) ??
    Object.keys(emoji).find((known) => known.startsWith(typed));
  const found = name === undefined ? undefined : emoji[name];
  if (found === undefined) return undefined;
  const start = cursor - typed.length - 1;
  return { text: text.slice(0, start) + found + text.slice(cursor), cursor: start + found.length };
}

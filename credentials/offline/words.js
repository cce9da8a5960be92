// What the page says, in its language. The sentences are those of the site's verifier where both say the same.

const DATA = JSON.parse(document.getElementById("data").textContent);
const LANGUAGE = document.documentElement.lang;
// As the site writes dates: Americans' order is not everybody's.
const DATES = LANGUAGE === "en" ? "en-GB" : LANGUAGE;

/** The sentence with the values put into it, which may be sentences, too. Each is written out where it is said. */
function say(sentence, values = {}) {
  return (DATA.texts[sentence] ?? sentence).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

const day = (date) => date.toLocaleDateString(DATES, { dateStyle: "long", timeZone: "UTC" });
const minute = (date) => `${day(date)}, ${date.toLocaleTimeString(DATES, { timeStyle: "short", timeZone: "UTC" })}`;

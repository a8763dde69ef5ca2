/* unlock.js - who is there? The first thing that is seen, and again after every lock. */

import { api } from "./api.js";
import { el, setText } from "./dom.js";
import { icon } from "./icons.js";
import { t, tn } from "./words.js";

/** unlockView: `kept`: {count, owner} of decisions that wait for their person, or null; `why`: a sentence or
 * null; `opened(state)`; `dropped()`: the kept decisions are given up. */
export function unlockView({ state, why, kept, opened, dropped }) {
    const owner = kept?.owner.replace(/^@/, ""); /* "@recovery" is typed without its sign */
    const says = el("p", { class: "says wrong", role: "alert" });
    const login = el("input", {
        id: "login",
        class: "typed",
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        required: true,
        maxlength: "64",
        value: owner ?? state.suggested ?? "",
    });
    const passphrase = state.protected
        ? el("input", {
              id: "passphrase",
              class: "typed",
              type: "password",
              autocomplete: "off",
              required: true,
              maxlength: "1024",
          })
        : null;
    const submit = el(
        "button",
        { class: "button main wide" },
        icon("lock"),
        el("span", { text: t("unlock.do") }),
    );

    async function send(event) {
        event.preventDefault();
        const name = login.value.trim();
        if (name === "") {
            return;
        }
        if (owner && name !== owner) {
            setText(says, t("unlock.owner", owner));
            return;
        }
        submit.disabled = true;
        setText(submit.querySelector("span"), t("unlock.busy"));
        setText(says, "");
        try {
            opened(await api.unlock(name, passphrase?.value ?? ""));
        } catch (error) {
            submit.disabled = false;
            setText(submit.querySelector("span"), t("unlock.do"));
            setText(
                says,
                error.message && error.code !== "network" ? error.message : t(`error.${error.code}`),
            );
            passphrase?.select();
        }
    }

    const form = el(
        "form",
        { class: "unlock-form", onsubmit: send },
        el("div", { class: "field" }, el("label", { for: "login", text: t("unlock.login") }), login),
        passphrase
            ? el(
                  "div",
                  { class: "field" },
                  el("label", { for: "passphrase", text: t("unlock.passphrase") }),
                  passphrase,
              )
            : null,
        says,
        submit,
    );
    const root = el(
        "main",
        { class: "unlock" },
        el(
            "div",
            { class: "unlock-card" },
            el("img", { class: "brand-mark", src: "/page/icon.svg", alt: "" }),
            el("h1", { text: t("title") }),
            el("p", { class: "muted", text: state.office }),
            why && !kept ? el("p", { class: "notice", text: why }) : null,
            kept
                ? el(
                      "div",
                      { class: "notice" },
                      el("p", { text: tn("unlock.kept", kept.count, owner) }),
                      el("button", {
                          type: "button",
                          class: "button quiet",
                          text: t("unlock.drop"),
                          onclick: dropped,
                      }),
                  )
                : null,
            form,
            el("p", { class: "small", text: t(state.protected ? "unlock.why" : "unlock.open") }),
        ),
    );
    requestAnimationFrame(() => (login.value === "" || passphrase === null ? login : passphrase).focus());
    return root;
}

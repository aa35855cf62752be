// The page: who starts what.
import { act, offers as askOffers } from "./api.js";
import * as building from "./building.js";
import * as clock from "./clock.js";
import * as composer from "./composer.js";
import * as conversation from "./conversation.js";
import * as drawer from "./drawer.js";
import * as layout from "./layout.js";
import * as modal from "./modal.js";
import * as notices from "./notices.js";
import * as sidebar from "./sidebar.js";
import { connect } from "./store.js";
import * as theme from "./theme.js";
import * as tour from "./tour.js";

theme.start();
const offers = await askOffers();
layout.start();
notices.start();
sidebar.start({ shown: () => layout.show("slack") });
conversation.start({ offers });
composer.start({ offers });
modal.start();
building.start();
clock.start();
drawer.start();
tour.start();
document.getElementById("reset-button").addEventListener("click", async (event) => {
  event.currentTarget.setAttribute("aria-busy", "true");
  try {
    await act("reset");
  } catch (problem) {
    notices.toast(problem.message);
  } finally {
    document.getElementById("reset-button").removeAttribute("aria-busy");
  }
});
connect();

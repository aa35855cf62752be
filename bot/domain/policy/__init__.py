"""Who may do what at which door, and when. Pure: facts in, a decision with its reason out.

rule.py      one rule; hours.py its days and hours
policy.py    all rules, the default approvers, the admins
ask.py       the question (Ask) and the answers (Allow, AskApproval, Refuse)
decide.py    the answer: account, time, beneficiary, rules, admin
  standing.py which rules apply, and how specifically
  verdict.py  the one that decides
  why.py      the reason in words
deciders.py  who may decide a request, checked at the click
roles.py     admin, approver, person
changes.py   what a change of the rules changes, and whom a rule touches; words.py says a rule
as_dict.py from_dict.py checks.py   rules as JSON-able dicts and back, strictly
"""

# METADATA
# description: |
#  What a signing has to be proved with. Strict asks for everything every time (Annex 11 draft 13.3); the session rule asks
#  for everything first, and then for what only the signer can give (21 CFR 11.200(a)(1)(i)).
package signature

full := ["password", "totp"] if input.org.totp_required

else := ["password"]

required := ["password"] if {
	input.org.signature_rule == "session"
	input.signed_in_session
}

else := full
